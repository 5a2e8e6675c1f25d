import LinuxSystem
import Testing

@testable import KubeletDiscovery

@Suite struct DistributionTests {
    @Test(arguments: [
        ("kubeadm", ["10.96.0.10"], "cluster.local", ["/var/lib/kubelet/config.yaml"]),
        (
            "kubeadm-running", ["10.96.0.10"], "cluster.local",
            ["kubelet, process 812", "/var/lib/kubelet/config.yaml"]
        ),
        (
            "kubeadm-extra-args", ["10.97.0.10", "10.98.0.10", "fd00::a"], "extra.example",
            [
                "--cluster-dns of KUBELET_EXTRA_ARGS in /etc/sysconfig/kubelet",
                "--cluster-domain of KUBELET_EXTRA_ARGS in /etc/sysconfig/kubelet",
            ]
        ),
        (
            "kubeadm-1.10", ["10.96.0.10"], "cluster.local",
            [
                "--cluster-dns of KUBELET_DNS_ARGS in /etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
                "--cluster-domain of KUBELET_DNS_ARGS in /etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
            ]
        ),
        ("kind", ["10.96.0.10"], "cluster.local", ["/var/lib/kubelet/config.yaml"]),
        ("minikube", ["10.96.0.10"], "cluster.local", ["/var/lib/kubelet/config.yaml"]),
        (
            "k3s-1.32", ["10.43.0.10"], "cluster.local",
            [
                "kubelet, process 700",
                "/var/lib/rancher/k3s/agent/etc/kubelet.conf.d/00-k3s-defaults.conf",
            ]
        ),
        (
            "k3s-1.32-custom", ["10.45.0.10"], "k3s.example",
            [
                "/var/lib/rancher/k3s/agent/etc/kubelet.conf.d/20-cli-config-dir/50-dns.conf",
                "--cluster-domain of kubelet-arg in /etc/rancher/k3s/config.yaml",
            ]
        ),
        (
            "k3s-1.31-server", ["10.53.0.10", "fd00:53::a"], "k3s.local",
            ["cluster-dns in /etc/rancher/k3s/config.yaml", "cluster-domain in /etc/rancher/k3s/config.yaml"]
        ),
        (
            "k3s-1.31-kubelet-arg", ["10.54.0.10"], "cluster.local",
            ["--cluster-dns of kubelet-arg in /etc/rancher/k3s/config.yaml"]
        ),
        (
            "k3s-1.31-agent", ["10.43.0.10"], "k3s.local",
            [
                """
                resolv.conf of 2 of 2 Pods in \
                /var/lib/rancher/k3s/agent/containerd/io.containerd.grpc.v1.cri/sandboxes
                """
            ]
        ),
        (
            "rke2", ["10.43.0.10"], "cluster.local",
            [
                "kubelet, process 950",
                "/var/lib/rancher/rke2/agent/etc/kubelet.conf.d/00-rke2-defaults.conf",
            ]
        ),
        (
            "rke2-stopped", ["10.46.0.10"], "cluster.local",
            [
                "--cluster-dns of kubelet-arg in /etc/rancher/rke2/config.yaml",
                "/var/lib/rancher/rke2/agent/etc/kubelet.conf.d/00-rke2-defaults.conf",
            ]
        ),
        (
            "rke1", ["10.43.0.10"], "cluster.local",
            ["kubelet, process 2100", "--cluster-dns of process 2100", "--cluster-domain of process 2100"]
        ),
        ("k0s", ["10.96.0.10"], "cluster.local", ["kubelet, process 431", "/run/k0s/kubelet/config.yaml"]),
        ("k0s-older", ["10.96.0.10"], "cluster.local", ["/var/lib/k0s/kubelet-config.yaml"]),
        (
            "microk8s", ["10.152.183.10"], "cluster.local",
            [
                "--cluster-dns of /var/snap/microk8s/current/args/kubelet",
                "--cluster-domain of /var/snap/microk8s/current/args/kubelet",
            ]
        ),
        (
            "microk8s-running", ["10.152.183.11"], "micro.example",
            [
                "kubelet, process 86109", "/var/snap/microk8s/9044/args/kubelet.yaml",
                "--cluster-domain of /var/snap/microk8s/9044/args/kubelet",
            ]
        ),
        (
            "canonical-kubernetes", ["10.152.183.200"], "cluster.local",
            [
                "--cluster-dns of /var/snap/k8s/common/args/kubelet",
                "--cluster-domain of /var/snap/k8s/common/args/kubelet",
            ]
        ),
        ("charmed-kubernetes", ["10.152.183.53"], "cluster.local", ["/root/cdk/kubelet/config.yaml"]),
        ("eks-al2", ["172.20.0.10"], "cluster.local", ["/etc/kubernetes/kubelet/kubelet-config.json"]),
        ("eks-al2023", ["10.100.0.10"], "cluster.local", ["/etc/kubernetes/kubelet/config.json.d/40-nodeadm.conf"]),
        (
            "eks-al2023-running", ["172.20.0.10"], "cluster.local",
            ["kubelet, process 812", "/etc/kubernetes/kubelet/config.json"]
        ),
        (
            "bottlerocket", ["10.100.0.10"], "cluster.local",
            ["kubelet, process 812", "/etc/kubernetes/kubelet/config"]
        ),
        ("bottlerocket-stopped", ["10.100.0.10"], "cluster.local", ["/etc/kubernetes/kubelet/config"]),
        ("gke", ["10.8.0.10"], "cluster.local", ["/home/kubernetes/kubelet-config.yaml"]),
        (
            "aks", ["10.0.0.10"], "cluster.local",
            [
                "--cluster-dns of KUBELET_FLAGS in /etc/default/kubelet",
                "--cluster-domain of KUBELET_FLAGS in /etc/default/kubelet",
            ]
        ),
        ("aks-config-file", ["10.0.0.10"], "cluster.local", ["/etc/default/kubeletconfig.json"]),
        (
            "openshift", ["172.30.0.11"], "cluster.local",
            ["/etc/openshift/kubelet.conf.d/20-dns.conf", "/etc/kubernetes/kubelet.conf"]
        ),
        (
            "talos", ["10.96.0.10", "fc00:db8:20::a"], "talos.local",
            ["kubelet, process 1400", "/etc/kubernetes/kubelet.yaml"]
        ),
        ("flatcar", ["10.3.0.10"], "cluster.local", ["/etc/kubernetes/kubelet.yaml"]),
        ("kops", ["169.254.20.10"], "cluster.local", ["/var/lib/kubelet/kubelet.conf"]),
        ("kubespray", ["169.254.25.10"], "cluster.local", ["/etc/kubernetes/kubelet-config.yaml"]),
        ("gardener", ["169.254.20.10"], "cluster.local", ["/var/lib/kubelet/config/kubelet"]),
        ("sealos", ["10.96.0.10"], "cluster.local", ["/var/lib/kubelet/config.yaml"]),
        ("kubekey", ["169.254.25.10"], "cluster.local", ["/var/lib/kubelet/config.yaml"]),
        ("openeuler-eggo", ["10.32.0.10"], "cluster.local", ["/etc/kubernetes/kubelet_config.yaml"]),
        (
            "ack", ["169.254.20.10"], "cluster.local",
            [
                "--cluster-dns of KUBELET_CUSTOMIZED_ARGS in /etc/kubernetes/kubelet-customized-args.conf",
                "/var/lib/kubelet/config.yaml",
            ]
        ),
        (
            "tke", ["172.16.252.10"], "cluster.local",
            [
                "--cluster-dns of CLUSTER_DNS in /etc/kubernetes/kubelet",
                "--cluster-domain of CLUSTER_DOMAIN in /etc/kubernetes/kubelet",
            ]
        ),
        (
            "tke-edge", ["172.16.252.11"], "cluster.local",
            ["--cluster-dns of CLUSTER_DNS in /etc/sysconfig/kubelet"]
        ),
        ("cce", ["10.247.3.10"], "cluster.local", ["/opt/cloud/cce/kubernetes/kubelet/kubelet_config.yaml"]),
    ])
    func findsTheDNS(distribution: String, servers: [String], domain: String, sources: [String]) {
        let found = Fixture(distribution).discover()
        #expect(found.serverTexts == servers)
        #expect(found.domainText == domain)
        #expect(found.sources == sources)
    }

    @Test(arguments: [
        ("charmed-kubernetes-at-first", "the kubelet that Charmed Kubernetes would start has no clusterDNS"),
        ("aks-empty-flag", "the kubelet that AKS would start has no valid address in its clusterDNS"),
    ])
    func saysWhyThereIsNone(distribution: String, problem: String) {
        let found = Fixture(distribution).discover()
        #expect(found.servers.isEmpty)
        #expect(found.problem == problem)
    }
}
