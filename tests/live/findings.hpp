#pragma once

#include "live/desk.hpp"

#include <optional>

// One function a question. Nothing: Graph answered something that is neither a yes nor a no.
namespace crmsync::live {

using Finding = boost::asio::awaitable<std::optional<bool>>;

// Names on items and in the master list: category_questions.cpp.
Finding takes_unknown_category(Desk& desk);
Finding drops_doubled_category(Desk& desk);
Finding reorders_categories(Desk& desk);
Finding spells_as_the_list(Desk& desk);
Finding refuses_double_as_bad(Desk& desk);
Finding loses_deleted_category(Desk& desk);

// What the service asks for and can do without: refusal_questions.cpp.
Finding refuses_category_filter(Desk& desk);
Finding refuses_modified_filter(Desk& desk);
Finding refuses_delta_order(Desk& desk);
Finding refuses_folder_properties(Desk& desk);

} // namespace crmsync::live
