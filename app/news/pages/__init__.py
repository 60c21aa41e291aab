"""The pages of news: what one reader gets."""
