package console

// Mask returns a text for a terminal without the secrets that the server knows.
func (s *Server) Mask(text string) string { return s.masker.Text(text) }
