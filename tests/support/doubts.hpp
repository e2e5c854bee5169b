#pragma once

#include "simulator/switches.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crmsync::test {

/// What Graph may do that neither its documents nor anybody's reports settle, by name.
const std::vector<std::pair<std::string, std::function<void(sim::Switches&)>>>& doubts();

/// Turns on those that CRMSYNC_SIM names, separated by commas: a whole suite is played under them.
/// A name that is none throws.
void turn_on_doubts(sim::Switches& switches);

/// Whether CRMSYNC_SIM names that doubt: for what a scenario expects to look different under it.
bool in_doubt(std::string_view doubt);

/// For a scenario whose point no client can hold while Graph behaves so: true where CRMSYNC_SIM
/// names that doubt, and the reason is printed. The scenario ends there.
bool cannot_hold(std::string_view doubt, std::string_view why);

} // namespace crmsync::test
