#pragma once

#include "e2e/in_process/stage.hpp"

#include <string>

namespace crmsync::test {

/// What is left of a scenario, as text, a line a fact, in order: activities by the identity of
/// their message with everything a user can see of them, parties, attachments, connections, links,
/// outcomes, pins, what is owed or set aside, and every item of the world with its categories. Ids,
/// clocks and counts of attempts are left out: two runs that differ only in when things happened
/// give the same text.
std::string projection(Stage& stage);

/// The lines that are in one of the two texts only, marked "-" and "+".
std::string difference(const std::string& expected, const std::string& found);

} // namespace crmsync::test
