//go:build unix

package output

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives a file the owner of another file, and its group as far as the user may.
func keepOwner(f *os.File, like fs.FileInfo) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	want, ok := like.Sys().(*syscall.Stat_t)
	got, known := info.Sys().(*syscall.Stat_t)
	if !ok || !known {
		return nil
	}
	if want.Gid != got.Gid {
		_ = f.Chown(-1, int(want.Gid))
	}
	if want.Uid == got.Uid {
		return nil
	}
	if f.Chown(int(want.Uid), -1) != nil {
		return errors.New("its owner is another user, and would change")
	}
	return nil
}
