"""What is said at a port after the connection is made: just enough of a protocol to know that it is spoken."""
