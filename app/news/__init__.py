"""What the API knows of news: lists, articles, users, and the shapes of requests and answers."""
