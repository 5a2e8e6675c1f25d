// What tools.sh builds where PyPI cannot be reached. go adds what these need, checked against the checksum database.
module decode

go 1.26.0

require (
	helm.sh/helm/v3 v3.22.0
	k8s.io/apimachinery v0.37.0
	k8s.io/client-go v0.37.0
	sigs.k8s.io/kustomize/kustomize/v5 v5.8.1
)
