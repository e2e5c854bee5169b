#pragma once

#include "sync/decided.hpp"
#include "sync/private_hash.hpp"

namespace crmsync::sync {

/// What a draft asks for is kept until it is sent, as item and by Message-ID: some clients send a
/// draft as it is, others make a new item. Once the sent copy is answered nothing is kept.
void plan_intent(Plan& plan, const Decided& decided, const PrivateHash& hash);

} // namespace crmsync::sync
