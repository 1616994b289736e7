package tenant

import (
	"strconv"
	"time"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/streams"
)

const (
	// jobLifetime is for how long a job can be asked for.
	// Source: auth0/docs-v2 manage-users/user-migration/bulk-user-imports.mdx.
	jobLifetime = 24 * time.Hour
	maxJobs     = 100
)

// jobs begin with the first one: most tenants have none.
type jobs struct {
	kept  *bounded[string, fixtures.Job] // nil before the first one
	count int64                          // how many there were
}

func (js *jobs) put(j fixtures.Job) {
	if js.kept == nil {
		kept := sized(newBounded[string, fixtures.Job](maxJobs, nil), sizeOfJob)
		js.kept = &kept
	}
	js.kept.put(j.ID, j)
}

// sizeOfJob is about how many bytes a job has.
func sizeOfJob(j fixtures.Job) int {
	n := len(j.ExternalID)
	for _, f := range j.Fields {
		n += len(f.Name) + len(f.ExportAs)
	}
	for _, e := range j.Errors {
		n += streams.SizeOf(e)
	}
	return n
}

func (js *jobs) settle(now time.Time) {
	if js.kept == nil {
		return
	}
	js.kept.removeIf(func(j fixtures.Job) bool { return !now.Before(j.CreatedAt.Add(jobLifetime)) })
}

// AddJob keeps a job that is done, and gives it its id.
func (t *Tenant) AddJob(j fixtures.Job, now time.Time) fixtures.Job {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.jobs.count++
	j.ID, j.CreatedAt = "job_"+t.setup.Seed.Alphanumeric(16, "job", strconv.FormatInt(t.jobs.count, 10)), now
	t.jobs.put(j)
	t.noteChange()
	return j
}

// Job returns a job. It must not be changed.
func (t *Tenant) Job(id string, now time.Time) (fixtures.Job, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.jobs.kept == nil {
		return fixtures.Job{}, false
	}
	j, ok := t.jobs.kept.get(id)
	return j, ok && now.Before(j.CreatedAt.Add(jobLifetime))
}

func (t *Tenant) listJobsLocked() []fixtures.Job {
	if t.jobs.kept == nil {
		return nil
	}
	var list []fixtures.Job
	for _, j := range t.jobs.kept.all {
		list = append(list, j)
	}
	return list
}
