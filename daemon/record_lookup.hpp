#pragma once

#include "model/record.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace crmsync {

/// "opportunity:O-17": how a person is told which record is meant.
std::string spelled(const Record& record);

bool may_own(const Record& record);

/// The record a command names: by id, TYPE:EXTERNAL_ID, external id, or the address of a user or
/// team. Throws Failure where there is none, or several.
boost::asio::awaitable<Record> find_record(pg::Pool& pool, std::string named);

/// The same among users and teams only.
boost::asio::awaitable<Record> find_user(pg::Pool& pool, std::string named);

} // namespace crmsync
