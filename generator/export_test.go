package generator

// What tests outside the package need of the tests inside it.
var (
	RandomSpec  = randomSpec
	ReadSource  = readSource
	ParseSpec   = parseSpec
	TestOptions = testOptions
)
