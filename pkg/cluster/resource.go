package cluster

// Resource is a kind of object that can be read, by its plural name in the
// API. Detectors declare what they need in these terms, and gaps are
// reported in them.
type Resource string

// What a scan reads.
const (
	Pods                   Resource = "pods"
	Events                 Resource = "events"
	Nodes                  Resource = "nodes"
	ReplicaSets            Resource = "replicasets"
	Deployments            Resource = "deployments"
	StatefulSets           Resource = "statefulsets"
	DaemonSets             Resource = "daemonsets"
	Jobs                   Resource = "jobs"
	CronJobs               Resource = "cronjobs"
	ControllerRevisions    Resource = "controllerrevisions"
	Services               Resource = "services"
	EndpointSlices         Resource = "endpointslices"
	PersistentVolumeClaims Resource = "persistentvolumeclaims"
	ConfigMaps             Resource = "configmaps"
	Secrets                Resource = "secrets"
	NetworkPolicies        Resource = "networkpolicies"
	ResourceQuotas         Resource = "resourcequotas"
	LimitRanges            Resource = "limitranges"
	ValidatingWebhooks     Resource = "validatingwebhookconfigurations"
	MutatingWebhooks       Resource = "mutatingwebhookconfigurations"
	StorageClasses         Resource = "storageclasses"
	Ingresses              Resource = "ingresses"
	HTTPRoutes             Resource = "httproutes"
	GRPCRoutes             Resource = "grpcroutes"
	Roles                  Resource = "roles"
	RoleBindings           Resource = "rolebindings"
	ClusterRoles           Resource = "clusterroles"
	ClusterRoleBindings    Resource = "clusterrolebindings"
	Autoscalers            Resource = "horizontalpodautoscalers"
	DisruptionBudgets      Resource = "poddisruptionbudgets"
	CustomResources        Resource = "customresourcedefinitions"
	HelmSecrets            Resource = "secrets (owner=helm)"    // Helm's records of releases alone
	HelmConfigMaps         Resource = "configmaps (owner=helm)" // … where it keeps them in ConfigMaps
	PodLogs                Resource = "pods/log"
	Metrics                Resource = "metrics"    // what kubelets measure
	History                Resource = "history"    // what a recorder kept
	Prometheus             Resource = "prometheus" // what a monitoring system measured
	Clocks                 Resource = "clocks"     // those of nodes, where they tell another time
)

// Source is one thing that was read, or could not be.
type Source struct {
	Resource Resource
	Objects  int
	// From is "live" or the name of the file.
	From string
	// Period is what a history covers; zero for what is of one moment.
	Period Span
	// Gap says why the source is missing or partial; empty when it is whole.
	Gap string
	// Remedy is what would close the gap; may be empty.
	Remedy string
}

// Gap is something that could not be read. What lies in a gap is unknown,
// never clean.
type Gap struct {
	Resource  Resource
	Namespace string // empty: everywhere
	Reason    string // "forbidden", "not in the files", "410 expired", …
	// Remedy is what would close the gap, such as the RBAC rule that grants
	// it; may be empty.
	Remedy string
	// Unasked is set when it was left out because nobody asked for it, which
	// is no failure.
	Unasked bool
}
