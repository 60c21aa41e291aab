"""What a candidate release would have got, estimated from served lists whose places were drawn by chance."""
