"""How people get in and stay in: members of staff are added by an administrator and make their first sign-in with
a one-time link; everybody signs in with e-mail and password (staff with a second factor), proves an address or a
forgotten password by mail, keeps a signed-in device alive, sees which devices are signed in, and signs one or all of
them out, whose access then dies at once. Administrators give and end roles and send colleagues on leave; what weighs
most asks for the password once more.
"""
