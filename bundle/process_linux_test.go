package bundle

import (
	"os/exec"
	"strings"
	"testing"
)

// TestOwnGroup: a command has a process group that can be ended as one, and no terminal
// from which it could wait for a password.
func TestOwnGroup(t *testing.T) {
	t.Parallel()
	command := exec.CommandContext(t.Context(), "cat", "/proc/self/stat")
	ownGroup(command)
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	// The fields are pid, (name), state, parent, group, session, terminal.
	fields := strings.Fields(string(out))
	if pid, group, session, terminal := fields[0], fields[4], fields[5], fields[6]; group != pid || session != pid || terminal != "0" {
		t.Errorf("process %s has group %s, session %s, terminal %s", pid, group, session, terminal)
	}
}
