package found

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// descriptor is a folder that is read with fewer system calls than package os makes: os asks for each
// file whether it can be polled, and for each listed name in a root what it is, which the listing
// already says.
type descriptor struct{ dir *os.File }

// OpenFolder opens a folder in a root. Its name must be a folder's, or ".".
func OpenFolder(root *os.Root, name string) (Folder, error) {
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_DIRECTORY|withoutWaiting, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return descriptor{f}.Folder(".") // package os does not know that it is in a root
}

func (d descriptor) Close() error { return d.dir.Close() }

func (d descriptor) List() ([]fs.DirEntry, error) { return list(d.dir) }

func (d descriptor) Folder(name string) (Folder, error) {
	fd, err := d.open(name, syscall.O_DIRECTORY)
	if err != nil {
		return nil, err
	}
	return descriptor{os.NewFile(uintptr(fd), d.path(name))}, nil
}

func (d descriptor) path(name string) string { return filepath.Join(d.dir.Name(), name) }

func (d descriptor) open(name string, flag int) (int, error) {
	fd, err := retry(func() (int, error) {
		return syscall.Openat(int(d.dir.Fd()), name, syscall.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_CLOEXEC|flag, 0)
	})
	if err != nil {
		return fd, d.failed("open", name, err)
	}
	return fd, nil
}

func (d descriptor) Read(name string, buffer []byte) ([]byte, error) {
	fd, err := d.open(name, withoutWaiting)
	switch Cause(err) {
	case nil:
	case syscall.ELOOP:
		return nil, &Error{d.path(name), Irregular(fs.ModeSymlink)}
	default:
		return nil, Plain(d.path(name), err)
	}
	var stat syscall.Stat_t
	if _, err = retry(func() (int, error) { return 0, syscall.Fstat(fd, &stat) }); err == nil && stat.Mode&syscall.S_IFMT != syscall.S_IFREG {
		f := os.NewFile(uintptr(fd), name)
		defer f.Close()
		_, err = regular(d.path(name), f)
		return nil, err
	}
	defer syscall.Close(fd)
	if err != nil {
		return nil, Plain(d.path(name), d.failed("stat", name, err))
	}
	return readAll(d.path(name), stat.Size, func(to []byte) (int, error) {
		n, err := retry(func() (int, error) { return syscall.Read(fd, to) })
		if err != nil {
			return 0, d.failed("read", name, err)
		}
		return n, nil
	}, buffer)
}

func (d descriptor) failed(call, name string, err error) error {
	return &fs.PathError{Op: call, Path: d.path(name), Err: err}
}

// retry repeats a call that a signal interrupted.
func retry(call func() (int, error)) (int, error) {
	for {
		if n, err := call(); err != syscall.EINTR {
			return n, err
		}
	}
}
