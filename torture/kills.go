//go:build linux

package main

import (
	"context"
	"os"
	"strings"
	"syscall"
	"time"
)

// kills ends commands at random moments, with SIGKILL and with signals that they notice.
func (t *torture) kills(ctx context.Context) error {
	counts := []struct {
		name  string
		kills int
	}{{"generate", 1000}, {"init", 300}, {"stub", 300}, {"pack-forward", 300}, {"pack", 20}}
	for _, c := range counts {
		scenes, err := t.scenes(ctx, c.name)
		if err != nil {
			return err
		}
		if err := t.killed(ctx, c.name, scenes[c.name], t.rounds(c.kills)); err != nil {
			return err
		}
		if err := t.signalled(ctx, c.name, scenes[c.name], t.rounds(c.kills/5)); err != nil {
			return err
		}
	}
	return nil
}

// A toll is what went wrong in many kills of one command.
type toll struct {
	interrupted int // it did not run to its end
	half        int // files with content that is neither the old nor the new
	lost        int // files that are missing although they existed before and should still exist
	leftovers   int // unexpected files: for kills, after the next run; for signals, at once
	refusals    int // subsequent runs that failed
	wrong       int // files that were not correct after the next run
	partly      int // interrupted runs that changed some files but not others
}

// strike ends a command with a signal and counts the damage. ended reports that the command had ended
// before.
func (t *torture) strike(ctx context.Context, name string, s *scene, sig os.Signal, counted *toll) (now tree, ended bool, err error) {
	if err := s.reset(); err != nil {
		return nil, false, err
	}
	if ended, err = t.shoot(ctx, s, sig); err != nil {
		return nil, ended, err
	}
	if !ended {
		counted.interrupted++
	}
	now, err = t.damage(name, s, counted)
	return now, ended, err
}

// killed ends a command with SIGKILL, then runs it again.
func (t *torture) killed(ctx context.Context, name string, scenes []*scene, rounds int) error {
	var toll toll
	left := 0
	for i := range rounds {
		s := scenes[i%len(scenes)]
		now, _, err := t.strike(ctx, name, s, syscall.SIGKILL, &toll)
		if err != nil {
			return err
		}
		left += len(now.extra(s.before, s.after))
		if strings.HasPrefix(s.name, "init") && len(s.after.extra(now)) == 0 {
			continue // the project is complete, so a second init rightly refuses
		}
		if err := t.again(ctx, name, s, &toll); err != nil {
			return err
		}
	}
	prefix := "kills." + name
	t.figure(prefix+".rounds", rounds)
	t.atLeast(prefix+".interrupted", toll.interrupted, rounds/3)
	t.figure(prefix+".leftovers-before-next-run", left)
	t.atMost(prefix+".half-written", toll.half, 0)
	t.atMost(prefix+".lost", toll.lost, 0)
	t.atMost(prefix+".refusals", toll.refusals, 0)
	t.atMost(prefix+".leftovers", toll.leftovers, 0)
	t.atMost(prefix+".wrong", toll.wrong, 0)
	return nil
}

// signalled ends a command with the signals of a terminal and of a CI service. The command must
// clean up.
func (t *torture) signalled(ctx context.Context, name string, scenes []*scene, rounds int) error {
	var toll toll
	prefix := "signals." + name
	for i := range rounds {
		s, sig := scenes[i%len(scenes)], []os.Signal{os.Interrupt, syscall.SIGTERM}[i/len(scenes)%2]
		now, ended, err := t.strike(ctx, name, s, sig, &toll)
		if err != nil {
			return err
		}
		extra := now.extra(s.before, s.after)
		toll.leftovers += len(extra)
		if len(extra) > 0 {
			t.detail(prefix+".leftovers", "%s after %s: %s", s.name, sig, extra[0])
		}
		done, open := s.progress(now)
		if done > 0 && open > 0 {
			toll.partly++
			t.detail(prefix+".partly", "%s after %s: %d of %d changes", s.name, sig, done, done+open)
		}
		if ended && open > 0 {
			toll.wrong++
			t.detail(prefix+".wrong", "%s reported success after %s: %d of %d changes", s.name, sig, done, done+open)
		}
	}
	t.figure(prefix+".rounds", rounds)
	t.atLeast(prefix+".interrupted", toll.interrupted, rounds/4)
	t.atMost(prefix+".half-written", toll.half, 0)
	t.atMost(prefix+".lost", toll.lost, 0)
	t.atMost(prefix+".leftovers", toll.leftovers, 0)
	t.atMost(prefix+".partly", toll.partly, 0)
	t.atMost(prefix+".wrong", toll.wrong, 0)
	return nil
}

// progress returns how many of a scene's changes are done and how many are not.
func (s *scene) progress(now tree) (done, open int) {
	for _, names := range [][]string{s.after.extra(s.before), s.after.unlike(s.before), s.before.extra(s.after)} {
		for _, name := range names {
			got, there := now[name]
			if want, belongs := s.after[name]; there == belongs && got == want {
				done++
			} else {
				open++
			}
		}
	}
	return done, open
}

// shoot starts a command and sends it a signal: within its first millisecond, at any time,
// or at any of its changes to files. It reports whether the command still ran to its end and
// succeeded.
func (t *torture) shoot(ctx context.Context, s *scene, sig os.Signal) (ended bool, err error) {
	cmd, output := t.command(ctx, s)
	reached := make(chan struct{})
	change, after := 0, time.Hour
	switch t.random.IntN(10) {
	case 0:
		after = t.within(0, time.Millisecond)
	case 1, 2, 3:
		after = t.within(0, s.took)
	default:
		change = 1 + t.random.IntN(max(1, s.events))
	}
	if change > 0 {
		w, err := watchUntil(s.root, change, func() { close(reached) })
		if err != nil {
			return false, err
		}
		defer w.close()
	}
	if err := cmd.Start(); err != nil {
		return false, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = cmd.Wait() // the exit code says more
	}()
	select {
	case <-time.After(after):
		_ = cmd.Process.Signal(sig)
	case <-reached:
		_ = cmd.Process.Signal(sig)
	case <-done:
	}
	<-done
	endGroup(cmd.Process.Pid)
	if strings.Contains(output.String(), "panic:") {
		t.detail("kills", "%s: %s", s.name, output)
	}
	return cmd.ProcessState.ExitCode() == 0, ctx.Err()
}

// damage checks the files that an interrupted command has left.
func (t *torture) damage(name string, s *scene, toll *toll) (tree, error) {
	now, err := readTree(s.root)
	if err != nil {
		return nil, err
	}
	for _, file := range now.unlike(s.before, s.after) {
		toll.half++
		t.detail("kills."+name+".half-written", "%s: %s", s.name, file)
	}
	for _, file := range s.before.extra(now) {
		if _, stays := s.after[file]; stays {
			toll.lost++
			t.detail("kills."+name+".lost", "%s: %s", s.name, file)
		}
	}
	return now, nil
}

// again runs the command again, which must give the result of an undisturbed run.
func (t *torture) again(ctx context.Context, name string, s *scene, toll *toll) error {
	r, err := t.run(ctx, s)
	if err != nil {
		return err
	}
	if r.code != 0 {
		toll.refusals++
		t.detail("kills."+name+".refusals", "%s: %s", s.name, r.output)
		return nil
	}
	now, err := readTree(s.root)
	if err != nil {
		return err
	}
	extra, wrong := now.extra(s.after), append(s.after.extra(now), now.unlike(s.after)...)
	toll.leftovers += len(extra)
	if len(extra) > 0 {
		t.detail("kills."+name+".leftovers", "%s: %d, such as %s", s.name, len(extra), extra[0])
	}
	toll.wrong += len(wrong)
	if len(wrong) > 0 {
		t.detail("kills."+name+".wrong", "%s: %s", s.name, wrong[0])
	}
	return nil
}
