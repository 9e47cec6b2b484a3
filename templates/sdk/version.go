package sdk

// sdkVersion is the version of the SDK.
const sdkVersion = 3

// IsAtLeastVersion2 is for generated code, which asserts it at compile time: an SDK that
// is too old for it lacks the constant, and the compiler shows the line that explains
// what to do.
const IsAtLeastVersion2 = true

// IsAtLeastVersion3 is for generated code. Version 3 has typed changes, and open accounts.
const IsAtLeastVersion3 = true
