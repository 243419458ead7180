"""What git says of a repository, asked by argument lists and never by a hook or a monitor of the repository's own."""
