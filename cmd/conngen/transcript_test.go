package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// transcript is a program that runs many command lines, which takes a tenth of the time that many
// programs take. It reads them from standard input and prints each with its output and exit code,
// as a terminal shows them. Lines that begin with cd change the folder, lines with # are comments,
// and the shell runs what is more than conngen with arguments and an input. Each command must fail,
// or succeed, as the argument says, and no message may be one that users should not see.
func transcript() {
	wantFailure, bad, commands := os.Args[1] == "fail", false, 0
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		line := lines.Text()
		dir, isCd := strings.CutPrefix(line, "cd ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			fmt.Println(line)
			continue
		case isCd:
			if err := os.Chdir(dir); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
			continue
		}
		commands++
		run := runLine
		if !wantFailure && strings.HasPrefix(line, "conngen dev") {
			run = runDevLine
		}
		output, code := run(line)
		if work := os.Getenv("WORK"); work != "" {
			output = strings.ReplaceAll(output, work, "$WORK")
		}
		fmt.Printf("$ %s\n%s", line, output)
		if code != exitOK {
			fmt.Printf("[exit %d]\n", code)
		}
		if wantFailure == (code == exitOK) {
			bad = true
			fmt.Printf("[this should %s]\n", os.Args[1])
		}
		if found := inside.FindString(output); wantFailure && found != "" {
			bad = true
			fmt.Printf("[users should not see %q]\n", found)
		}
	}
	fmt.Printf("\n%d commands\n", commands)
	if bad {
		os.Exit(1)
	}
}

// inside are words of the inside of a program: system calls, types of Go, and what other programs
// say to conngen.
var inside = regexp.MustCompile(`\b(open|stat|lstat|read|write|mkdir|mkdirat|openat|readdir|rename|renameat|unlinkat|readlink|chdir|fork/exec|exec|lookup|getwd|fdopendir|evalsymlink) [^ ]+: ` +
	`|exit status|signal: |\*\w+\.\w+|strconv\.|(^|\s)json: |errors\.|fs\.|os\.|pflag|cobra|invalid argument|accepts |runtime error|goroutine|%!|<nil>|fatal: |EOF|errno`)

// settled is what conngen dev prints when it has nothing more to do.
var settled = regexp.MustCompile(`^(built|checked|waiting|\w+ failed)`)

// runDevLine runs conngen dev until it has nothing more to do, and then interrupts it as its users
// do.
func runDevLine(line string) (output string, code int) {
	words, _ := splitLine(line)
	command := exec.Command("conngen", words[1:]...)
	stderr, err := command.StderrPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		return err.Error(), exitFailed
	}
	var b strings.Builder
	interrupted := false
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		fmt.Fprintln(&b, lines.Text())
		if settled.MatchString(lines.Text()) && !interrupted { // a second interrupt kills it
			interrupted = true
			_ = command.Process.Signal(os.Interrupt) // else it never ends
		}
	}
	_ = command.Wait() // the exit code tells
	return b.String(), command.ProcessState.ExitCode()
}

// runLine runs a command line and returns what it prints, and its exit code.
func runLine(line string) (output string, code int) {
	var b bytes.Buffer
	words, ok := splitLine(line)
	if !ok || words[0] != "conngen" {
		command := exec.Command("sh", "-c", line)
		command.Stdout, command.Stderr = &b, &b
		if err := command.Run(); command.ProcessState == nil {
			return err.Error(), exitFailed
		}
		return b.String(), command.ProcessState.ExitCode()
	}
	stdin := io.Reader(strings.NewReader(""))
	if n := len(words); n > 2 && words[n-2] == "<" {
		f, err := os.Open(words[n-1])
		if err != nil {
			return err.Error(), exitFailed
		}
		defer f.Close()
		stdin, words = f, words[:n-2]
	}
	code = app{stdin: stdin, stdout: &b, stderr: &b}.Main(words[1:])
	return b.String(), code
}

var lineWord = regexp.MustCompile(`'[^']*'|"[^"$]*"|[^ '"|&;$()>]+`)

// splitLine splits a command line into words, as a shell does, unless it needs a shell.
func splitLine(line string) (words []string, ok bool) {
	rest := line
	for rest != "" {
		at := lineWord.FindStringIndex(rest)
		if at == nil || at[0] != 0 {
			return nil, false
		}
		word, after := rest[:at[1]], rest[at[1]:]
		if after != "" && after[0] != ' ' {
			return nil, false // quotes inside a word
		}
		if word[0] == '\'' || word[0] == '"' {
			word = word[1 : len(word)-1]
		}
		words, rest = append(words, word), strings.TrimLeft(after, " ")
	}
	return words, len(words) > 0
}
