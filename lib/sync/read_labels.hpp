#pragma once

#include "match/policy.hpp"
#include "sync/decided.hpp"
#include "sync/private_hash.hpp"

#include <map>
#include <string>
#include <vector>

// The labels an item was read with are kept as HMACs, since it may be one that is not tracked any
// more. Here they are compared with what it carries now.
namespace crmsync::sync {

/// Tells of each item which of its labels it was read with before.
void find_read_labels(const std::vector<Item>& items, std::map<std::string, KnownItem>& known,
                      const PrivateHash& hash, const match::Policy& policy);

/// Adds the labels the item was read with, where they are not known yet.
void plan_read_labels(Plan& plan, const Decided& decided, const PrivateHash& hash,
                      const match::Policy& policy);

} // namespace crmsync::sync
