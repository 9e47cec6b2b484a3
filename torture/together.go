//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
)

// atOnce is how many commands run at once.
const atOnce = 8

// together runs eight commands at once in one folder, each as process 1 of a namespace, like
// containers that share a volume.
func (t *torture) together(ctx context.Context) error {
	scenes, err := t.scenes(ctx, "generate", "pack-forward")
	if err != nil {
		return err
	}
	shared, err := t.sharedSDK(ctx)
	if err != nil {
		return err
	}
	isolated := t.isolation(ctx)
	if isolated == nil {
		t.skipped("together.namespaces", "this user cannot make any; the commands share one")
	} else {
		t.figure("together.namespaces", atOnce)
	}
	for _, c := range []struct {
		name   string
		rounds int
		teams  [][]*scene // each runs at once
	}{
		{"generate", 60, teams(scenes["generate"])},
		{"shared-sdk", 20, [][]*scene{shared}},
		{"pack-forward", 20, teams(scenes["pack-forward"])},
	} {
		if err := t.crowd(ctx, "together."+c.name, c.teams, t.rounds(c.rounds), isolated); err != nil {
			return err
		}
	}
	return nil
}

// teams makes a team of each scene, whose members all run the same command.
func teams(scenes []*scene) [][]*scene {
	var all [][]*scene
	for _, s := range scenes {
		all = append(all, []*scene{s})
	}
	return all
}

// sharedSDK makes two scenes in one folder: two specs, whose packages share one SDK.
func (t *torture) sharedSDK(ctx context.Context) ([]*scene, error) {
	large, err := t.project(ctx, "complete")
	if err != nil {
		return nil, err
	}
	small, err := t.project(ctx, "minimal")
	if err != nil {
		return nil, err
	}
	before := tree{}.
		with("project/go.mod", large["project/go.mod"]).
		with("project/.conngen.json", `{"root": true, "generate": {"sdk": "./sdk"}}`).
		with("project/one/connector-spec.json", large[specFile]).
		with("project/two/connector-spec.json", small[specFile])
	one := &scene{name: "one", dir: "project/one", args: []string{"generate"}, before: before}
	if err := t.rehearse(ctx, one); err != nil {
		return nil, err
	}
	two := &scene{name: "two", dir: "project/two", args: []string{"generate"}, before: before}
	if err := t.rehearse(ctx, two); err != nil {
		return nil, err
	}
	maps.Copy(one.after, two.after)
	maps.Copy(two.after, one.after)
	return []*scene{one, two}, nil
}

// isolation returns the attributes that give a process its own PID namespace, nil if that is not
// allowed.
func (t *torture) isolation(ctx context.Context) func() *syscall.SysProcAttr {
	ids := func(id int) []syscall.SysProcIDMap {
		return []syscall.SysProcIDMap{{ContainerID: id, HostID: id, Size: 1}}
	}
	ways := []func() *syscall.SysProcAttr{
		func() *syscall.SysProcAttr {
			return &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID, Setpgid: true}
		},
		func() *syscall.SysProcAttr {
			return &syscall.SysProcAttr{
				Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWPID, Setpgid: true,
				UidMappings: ids(os.Getuid()), GidMappings: ids(os.Getgid()),
			}
		},
	}
	for _, way := range ways {
		probe := exec.CommandContext(ctx, t.conngen, "version")
		probe.SysProcAttr = way()
		if probe.Run() == nil {
			return way
		}
	}
	return nil
}

// crowd runs rounds of simultaneous commands. A round succeeds when all commands succeed, the files
// are correct, and no others are left.
func (t *torture) crowd(ctx context.Context, prefix string, teams [][]*scene, rounds int, isolated func() *syscall.SysProcAttr) error {
	good := 0
	for i := range rounds {
		team := teams[i%len(teams)]
		problems, err := t.round(ctx, team, isolated)
		if err != nil {
			return err
		}
		if len(problems) == 0 {
			good++
			continue
		}
		t.detail(prefix, "round %d: %d problems, such as %.500s", i+1, len(problems), problems[0])
	}
	t.figure(prefix+".rounds", rounds)
	t.atLeast(prefix+".good-rounds", good, rounds)
	return nil
}

// round starts the commands of a team at once and returns what went wrong.
func (t *torture) round(ctx context.Context, team []*scene, isolated func() *syscall.SysProcAttr) ([]string, error) {
	if err := team[0].reset(); err != nil {
		return nil, err
	}
	commands, outputs := make([]*exec.Cmd, atOnce), make([]*bytes.Buffer, atOnce)
	errs := make([]error, atOnce)
	var group sync.WaitGroup
	for i := range commands {
		commands[i], outputs[i] = t.command(ctx, team[i%len(team)])
		if isolated != nil {
			commands[i].SysProcAttr = isolated()
		}
		group.Go(func() { errs[i] = commands[i].Run() })
	}
	group.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var problems []string
	for i, err := range errs {
		if err != nil {
			problems = append(problems, fmt.Sprintf("%v: %s", err, strings.TrimSpace(outputs[i].String())))
		}
	}
	now, err := readTree(team[0].root)
	if err != nil {
		return nil, err
	}
	after := team[0].after
	for _, file := range now.extra(after) {
		problems = append(problems, file+" is left")
	}
	for _, file := range append(now.unlike(after), after.extra(now)...) {
		problems = append(problems, file+" is wrong")
	}
	return problems, nil
}
