"""The courier with the real senders, towards a platform that does not always do what it is asked."""
