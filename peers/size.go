//go:build unix

package main

import (
	"context"
	"os"
)

// sizes compares the stripped programs.
func (c *comparison) sizes(context.Context) error {
	bytes := make(map[string]float64)
	for _, name := range []string{"conngen", goJSONSchema, oapiCodegen} {
		info, err := os.Stat(c.program(name))
		if err != nil {
			return err
		}
		bytes[name] = float64(info.Size())
	}
	for _, peer := range []string{goJSONSchema, oapiCodegen} {
		c.compare("the program, stripped", size, bytes["conngen"], peer, bytes[peer])
	}
	return nil
}
