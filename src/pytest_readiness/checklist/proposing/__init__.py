"""A gate for each item: words and facts matched with rules, options and expectations filled in."""
