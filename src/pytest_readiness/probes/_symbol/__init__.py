"""Facts from syntax trees: what is defined, called and imported, with nothing imported to know it."""
