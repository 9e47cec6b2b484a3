package console

import (
	"os"
	"runtime"

	"github.com/conngen/conngen/console/loop"
)

// Mask masks a text for the terminal with the secrets that the server knows.
func (s *Server) Mask(text string) string { return s.masker.Text(text) }

// ReadConfig reads the config file again, unless the page has changed the config. It returns the
// file's problem, or nil, and whether it has secrets that other users of the machine can read.
func (s *Server) ReadConfig() (problem *loop.Problem, exposed bool) {
	s.config.reload()
	if problem := s.config.problem(); problem != nil || len(s.config.secretsOf(s.config.JSON())) == 0 {
		return problem, false
	}
	info, err := os.Stat(s.inDir(s.options.Config))
	return nil, err == nil && runtime.GOOS != "windows" && info.Mode()&0o044 != 0
}
