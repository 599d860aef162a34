"""What a reported fracture is: places, likeness to other reports, and how many there are."""
