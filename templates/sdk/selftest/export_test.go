package selftest

// A Check is what tests may know about a check.
type Check struct {
	ID     string
	Writes bool
}

const (
	MaxFindings = maxFindings
	MaxText     = maxText
)

// Checks returns all checks.
func Checks() []Check {
	var all []Check
	for _, c := range checks() {
		all = append(all, Check{c.id, c.writes})
	}
	return all
}

// Count returns how many checks have a status.
func Count(r Report, status Status) int { return r.count(status) }
