/** A broker's leader as the nameserver knows it. */
export interface BrokerAddress {
  readonly brokerName: string;
  readonly clusterName: string;
  readonly address: string;
}
