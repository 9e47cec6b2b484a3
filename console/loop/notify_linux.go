package loop

import "golang.org/x/sys/unix"

// remoteSystems are file systems whose files others change without the kernel's knowledge: network
// file systems, and those of a virtual machine's host.
var remoteSystems = map[uint32]string{
	unix.NFS_SUPER_MAGIC: "NFS", unix.SMB_SUPER_MAGIC: "SMB", unix.SMB2_SUPER_MAGIC: "SMB", unix.CIFS_SUPER_MAGIC: "SMB",
	unix.V9FS_MAGIC: "9P", unix.FUSE_SUPER_MAGIC: "FUSE", unix.CODA_SUPER_MAGIC: "Coda", unix.AFS_FS_MAGIC: "AFS",
	0x786f4256: "a shared folder of VirtualBox",
}

// cannotNotify says why the system does not report changes in a folder.
func cannotNotify(dir string) (reason string) {
	var stat unix.Statfs_t
	if unix.Statfs(dir, &stat) != nil {
		return ""
	}
	if name := remoteSystems[uint32(stat.Type)]; name != "" {
		return "the system does not report all changes on " + name
	}
	return ""
}
