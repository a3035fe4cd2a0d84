"""Commentary: facts to words, pictures and the comment; and the checker of comments."""
