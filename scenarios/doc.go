// Package scenarios is how things go wrong: files that say which request fails
// and how, and the engine that decides, counts and remembers.
//
// A scenario has rules. A rule says when it acts, by what a request is about,
// and then what happens: before the request is handled (a delay, a broken
// connection, a canned answer), to what it does (a code that has expired, a
// message that is lost, a token with a bad signature) or to its answer.
//
// Nothing here is random: what looks so is a function of the seed, the names
// and the count of a request, so that a run can be repeated and parallel tests
// do not disturb each other.
package scenarios
