#pragma once

#include "store/first_loads.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace crmsync {

/// How far a mailbox's first load is: "running", "done" or "not_begun", and of how much.
boost::json::object first_load_json(const store::FirstLoadShown& shown);
std::string first_load_line(const store::FirstLoadShown& shown);

} // namespace crmsync
