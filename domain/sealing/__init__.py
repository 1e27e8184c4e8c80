"""The chain of seals: Merkle trees, signed notes, checkpoints, proofs."""
