#pragma once

#include "e2e/processes/stage.hpp"

#include <functional>
#include <string>
#include <vector>

namespace crmsync::test {

/// How many messages of these mailboxes show the answer.
int answered(Stage& stage, const std::vector<std::string>& mailboxes);

/// Whether as many messages as expected are stored once, linked once, answered in the mailbox.
bool all_done(Stage& stage, const std::vector<std::string>& mailboxes, int expected);

void check_nothing_doubled(Stage& stage, int activities);

/// Lets the daemon's batches pass one by one, each held at the provider, until the fact holds while
/// one of them is under way. It stays held.
void stop_at_a_batch(Stage& stage, const std::function<bool()>& fact);

/// The held batch and all that follow go their way.
void let_batches_pass(Stage& stage);

} // namespace crmsync::test
