package git

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
)

// objects is a git process that reads any number of files.
type objects struct {
	repository
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	stderr  *bytes.Buffer
	ended   error // why the process no longer answers
}

// startObjects starts the process.
func (r repository) startObjects() (*objects, error) {
	o := &objects{repository: r, process: r.command("cat-file", "--batch", "--follow-symlinks"), stderr: new(bytes.Buffer)}
	o.process.Stderr = o.stderr
	in, err := o.process.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := o.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	o.in, o.out = in, bufio.NewReader(out)
	if err := o.process.Start(); err != nil {
		return nil, r.failure(err, "")
	}
	return o, nil
}

// read returns the text of an object, the file of a name in a commit.
func (o *objects) read(object, name string) ([]byte, error) {
	if o.ended != nil {
		return nil, o.ended
	}
	kind, text, err := o.ask(object)
	if err != nil {
		o.ended = cmp.Or(o.end(), errors.New("git cat-file has ended early"))
		return nil, o.ended
	}
	switch kind {
	case "blob":
		return text, nil
	case "symlink":
		return nil, fmt.Errorf("%s was a symbolic link to %s, outside the repository, at that revision", name, text)
	case "loop":
		return nil, fmt.Errorf("%s was a symbolic link that cannot be followed at that revision", name)
	}
	return nil, ErrNotThere // or a link that leads nowhere
}

// ask asks for an object. Its kind is that of git, or what has become of a link; it is "" if no
// object has the name.
func (o *objects) ask(object string) (kind string, text []byte, err error) {
	if _, err := io.WriteString(o.in, object+"\n"); err != nil {
		return "", nil, err
	}
	line, err := o.out.ReadString('\n')
	if err != nil {
		return "", nil, err
	}
	words := strings.Split(strings.TrimSuffix(line, "\n"), " ")
	size, err := strconv.Atoi(words[len(words)-1])
	if err != nil || strings.Contains(words[0], ":") { // "COMMIT:NAME missing", or the commit of another repository
		return "", nil, nil
	}
	if kind = words[0]; len(words) > 2 { // "ID KIND SIZE"
		kind = words[1]
	}
	text = make([]byte, size+1)
	_, err = io.ReadFull(o.out, text)
	return kind, text[:size], err
}

// end ends the process. Its error is git's message.
func (o *objects) end() error {
	_ = o.in.Close() // which ends it
	if o.process.ProcessState != nil {
		return o.ended
	}
	if err := o.process.Wait(); err != nil {
		return o.failure(err, o.stderr.String())
	}
	return nil
}
