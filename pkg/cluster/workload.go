package cluster

import "time"

// Workload is a controller of pods: Deployment, StatefulSet, DaemonSet, Job,
// CronJob, or a ReplicaSet that no Deployment owns.
type Workload struct {
	Ref
	Created    time.Time
	Owner      Ref   // a Job's CronJob; zero for the others
	Maker      Ref   // the object whose controller made it, of whatever kind; zero for none
	Desired    int32 // replicas wanted; nodes wanted for a DaemonSet
	Ready      int32
	Updated    int32
	Available  int32
	Failed     int32 // Jobs
	Conditions []Condition
	Selector   map[string]string // matchLabels only
	Template   *Template
	// Revision is the number that a Deployment is annotated with, or the name of
	// the current ControllerRevision of a StatefulSet or DaemonSet.
	Revision string
	// Progressing is set while the controller has not yet seen the newest
	// spec or not yet replaced all pods.
	Progressing bool
	Paused      bool
	Writes      []Write
	// Delivery is the tool that marks the workload as its own, and by what
	// name: "Helm release shop", "Argo CD application shop"; empty for none.
	Delivery string
	Job      *JobState  // of a Job, else nil
	Cron     *CronState // of a CronJob, else nil
}

// JobState is what is particular to a Job.
type JobState struct {
	BackoffLimit int32
	Deadline     time.Duration // activeDeadlineSeconds; 0: none
	Started      time.Time
	Completed    time.Time // only of a Job that succeeded
	Active       int32
	Succeeded    int32
	Scheduled    time.Time // when its CronJob meant it to start
}

// CronState is what is particular to a CronJob.
type CronState struct {
	Schedule    string
	TimeZone    string
	Suspended   bool
	Concurrency string        // Allow, Forbid, Replace
	Deadline    time.Duration // startingDeadlineSeconds; 0: none
	Active      int
	LastStart   time.Time // status.lastScheduleTime
	LastSuccess time.Time // status.lastSuccessfulTime
}

// Condition returns the workload's condition of a type, or the zero Condition.
func (w *Workload) Condition(typ string) Condition { return findCondition(w.Conditions, typ) }

// Revision is one revision of a workload: a ReplicaSet of a Deployment, or a
// ControllerRevision of a StatefulSet or DaemonSet.
type Revision struct {
	Ref
	Owner   Ref
	Created time.Time
	Number  int64  // 0 when not told
	Hash    string // what the pods of this revision are labelled with
	Desired int32
	Ready   int32
	// Reused is set when this revision had been current before (a rollback).
	Reused bool
	// Former are the numbers that it had before, oldest first.
	Former     []int64
	Template   *Template // nil for a ControllerRevision, which is read as metadata
	Conditions []Condition
	Cause      string // kubernetes.io/change-cause, free text
}

// Write is what managedFields tells of one writer: the last time that it
// changed something. One manager's earlier writes are not dated.
type Write struct {
	Manager     string
	Subresource string // "", status, scale
	Time        time.Time
	// Data is set when this manager owns data of a ConfigMap or Secret, and
	// Keys are the names (never values) of the keys that it owns.
	Data bool
	Keys []string
	// Spec are the names of the fields of spec that this manager owns, of the
	// kinds where that is kept: Services and nodes.
	Spec []string
}

// LastWrite is the newest write that is not of a status or scale, or the
// zero Write.
func LastWrite(ws []Write) Write {
	var last Write
	for _, w := range ws {
		if w.Subresource == "" && w.Time.After(last.Time) {
			last = w
		}
	}
	return last
}
