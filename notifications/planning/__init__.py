"""What people are to be told, and when: from the protocol and what is known of a child to notices, 60 days ahead."""
