// SPDX-License-Identifier: 0BSD
// The slide's server: java DateServer.java [PORT], 6013 if not said. date.c does the same in C.
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Date;

public class DateServer {
	public static void main(String[] args) {
		int port = args.length > 0 ? Integer.parseInt(args[0]) : 6013;

		// One try around the whole loop, as on the slide: what goes wrong with one client
		// ends the server for all. accept, getOutputStream and close can throw.
		try (ServerSocket sock = new ServerSocket(port)) { // socket, bind and listen in one
			while (true) {
				Socket client = sock.accept();
				PrintWriter pout = new PrintWriter(client.getOutputStream(), true);

				pout.println(new Date());
				client.close();
			}
		} catch (IOException e) {
			System.err.println(e);
		}
	}
}
