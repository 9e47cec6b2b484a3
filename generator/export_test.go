package generator

// Access to the package's internals for external tests.
var (
	RandomSpec  = randomSpec
	ReadSource  = readSource
	ParseSpec   = parseSpec
	TestOptions = testOptions
)
