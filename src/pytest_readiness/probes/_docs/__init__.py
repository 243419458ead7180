"""Documents in Markdown: what they consist of, whether their links lead anywhere, when they changed."""
