//go:build unix

package main

import (
	"context"
	"time"
)

// rebuild compares the cost of compiling the generated package after an edit of the spec, with the
// standard library and the SDK already compiled. The comparison is not like for like: the others
// generate less, as docs/performance.md says.
func (c *comparison) rebuild(ctx context.Context) error {
	for _, n := range []int{12, 1000} {
		progress("rebuild, %d attributes", n)
		dir, err := c.generated(n)
		if err != nil {
			return err
		}
		// from an edition that no other run has compiled: go build would find the package in its cache
		edits := editor{dir: dir, attributes: n, edition: int(time.Now().Unix())}
		ours, peer, _ := c.generators(dir)
		edit := func(generator program) func() error {
			return func() error {
				if err := edits.next(); err != nil {
					return err
				}
				_, _, err := generator.run(ctx)
				return err
			}
		}
		us, err := inTurns(ctx, 5,
			program{dir: dir, args: []string{"go", "build", "./connector"}}.after(edit(ours)),
			program{dir: dir, args: []string{"go", "build", "./jsonschema"}}.after(edit(peer)))
		if err != nil {
			return err
		}
		c.compare("rebuild, "+thousands(float64(n))+" attributes", user, medianOf(us[0], usage.user), goJSONSchema, medianOf(us[1], usage.user))
	}
	return nil
}
