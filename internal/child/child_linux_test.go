package child

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestOwnGroup: a command has a process group that can be ended as a whole, and no terminal from
// which it could wait for a password.
func TestOwnGroup(t *testing.T) {
	t.Parallel()
	command := exec.CommandContext(t.Context(), "cat", "/proc/self/stat")
	OwnGroup(command)
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

// TestEndGroup: processes left by a command end with its group.
func TestEndGroup(t *testing.T) {
	t.Parallel()
	command := exec.Command("sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!")
	OwnGroup(command)
	command.Cancel = nil // which is for commands with a context
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	stat := filepath.Join("/proc", strings.TrimSpace(string(out)), "stat")
	runs := func() bool {
		text, err := os.ReadFile(stat)
		return err == nil && !strings.Contains(string(text), ") Z ")
	}
	if !runs() {
		t.Fatal("nothing is left behind")
	}
	EndGroup(command)
	for deadline := time.Now().Add(10 * time.Second); runs(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("what is left behind goes on")
		}
	}
}

// parentVariable makes the test program a parent that starts a child and prints its ID.
const parentVariable = "CONNGEN_TEST_PARENT"

func TestMain(m *testing.M) {
	if os.Getenv(parentVariable) == "" {
		os.Exit(m.Run())
	}
	command := exec.Command("sh", "-c", `trap "" TERM; echo $$; exec sleep 60`)
	command.Stdout = os.Stdout
	ended, err := Start(command)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	<-ended
}

// TestStart: the child of a process that is killed ends, even if it ignores SIGTERM.
func TestStart(t *testing.T) {
	t.Parallel()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), parentVariable+"=1")
	stdout, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	for deadline := time.Now().Add(time.Minute); isRunning(pid); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("process %d goes on", pid)
		}
	}
}

// isRunning reports whether a process runs. A zombie does not.
func isRunning(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z")
}

// TestStartNothing: a program that does not exist is an error.
func TestStartNothing(t *testing.T) {
	t.Parallel()
	if _, err := Start(exec.Command(filepath.Join(t.TempDir(), "none"))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}

// TestTerminate: a program that is asked to end says so, and asking again is not an
// error.
func TestTerminate(t *testing.T) {
	t.Parallel()
	command := exec.Command("sleep", "60")
	ended, err := Start(command)
	if err != nil {
		t.Fatal(err)
	}
	if err := Terminate(command.Process); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil || err.Error() != "signal: terminated" {
		t.Errorf("the program ended with %v", err)
	}
	if err := Terminate(command.Process); err != nil {
		t.Errorf("asking again: %v", err)
	}
}
