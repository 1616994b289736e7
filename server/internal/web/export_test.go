package web

// For tests of this package alone.
var (
	MergePatch = mergePatch
	EachMember = eachMember
)
