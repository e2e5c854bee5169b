// Asio's TLS half is compiled here: only the simulator speaks TLS through Asio.
#include <boost/asio/ssl/impl/src.hpp>
