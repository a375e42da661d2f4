"""The commands, one module each: arguments, options, help; what they do stands beside them."""
